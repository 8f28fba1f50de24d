"""The nouns: frozen, closed pydantic models without behaviour beyond their own validity."""
