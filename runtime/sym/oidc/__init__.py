"""Other people's word: who logs in at an OpenID Connect issuer, and which CI jobs may act as which bot."""
