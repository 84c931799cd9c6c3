# By its path, followed by its json_key if it has one.
terraform import sym_secret.okta_token SYM_SECRET_OKTA_TOKEN
terraform import sym_secret.aptible_password SYM_SECRET_APTIBLE-password
terraform import sym_secret.github_token github-token
