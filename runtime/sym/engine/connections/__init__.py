"""The worker's side of integrations: transport, credentials, retries."""
