"""The office: where admins change the catalogue, and whoever runs the counter reads it."""
