"""The shell: HTTP, database, jobs, reports and the web app."""
