# expect: error settings needs the setting "context_id"
resource "sym_secrets" "secrets_without_setting" {
  type = "aws_secrets_manager"
  name = "secrets_without_setting"
}
