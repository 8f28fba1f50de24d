"""A record as a workbook whose live formulas give every point again from the facts and the profile (自行复算)."""
