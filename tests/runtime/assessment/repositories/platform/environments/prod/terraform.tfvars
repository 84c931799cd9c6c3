sym_org_slug   = "acme"
sso_account_id = "333333333333"
