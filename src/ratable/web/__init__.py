"""The screens: each view reads the address, asks one report or operation, and renders."""
