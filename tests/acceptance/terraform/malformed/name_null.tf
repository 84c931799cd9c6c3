# expect: error name its value here is null
resource "sym_environment" "name_null" {
  name = null
}
