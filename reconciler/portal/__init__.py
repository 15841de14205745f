"""The customer portal as customers meet it: the page that they see, the link to it, and who can log in."""
