# expect: warning type There is no sym_secrets of type "vault9"
resource "sym_secrets" "secrets_unknown_type" {
  type = "vault9"
  name = "secrets_unknown_type"
}
