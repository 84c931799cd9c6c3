terraform import sym_target.admins okta_group:admins
terraform import sym_target.any_repository github_repo:any-repository
