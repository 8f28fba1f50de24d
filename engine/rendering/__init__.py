"""An assessment → table, Markdown, JSON, CSV. Decides nothing."""
