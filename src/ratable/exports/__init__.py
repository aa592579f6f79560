"""Exports: the journal of a month as the files that ledgers import, whole journals with control totals beside them."""
