"""fazhi: the rules engine with which a city or county assesses itself against the demonstration indicator system."""

__version__ = "0.1.0"
# What a rule means. Raised, with an entry in CHANGELOG.md, whenever the same inputs are meant to give another result.
SEMANTICS = 1
