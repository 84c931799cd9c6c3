resource "sym_target" "admins" {
  type  = "okta_group"
  name  = "admins"
  label = "Administrators"

  settings = {
    group_id = "00g12345xxx"
  }
}

# The repository is asked for in the form, by a prompt field named repo_name.
resource "sym_target" "any_repository" {
  type           = "github_repo"
  name           = "any-repository"
  field_bindings = ["repo_name"]
}
