"""fazhi: the rules engine with which a city or county assesses itself against the demonstration indicator system."""

__version__ = "0.1.0"
