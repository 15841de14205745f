"""A live account to YAML that a person would have written: pure functions, from observed objects to texts of files."""
