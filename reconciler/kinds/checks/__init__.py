"""What the kinds have against a resource that no schema can say, one file per kind."""
