"""Prices, usage, minimums and billing schedules: what is billed, when and how much."""
