# expect: error - The argument "name" is required
resource "sym_environment" "name_null" {
  name = null
}
