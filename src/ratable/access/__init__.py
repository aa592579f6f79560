"""Who is behind a request: accounts, sign-in, service keys, and what each may see."""
