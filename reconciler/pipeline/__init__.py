"""What a pipeline says on GitHub and GitLab: the plan as one comment, what differs from it later, drift as an issue."""
