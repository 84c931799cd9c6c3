# expect: error name A name needs at least one letter or digit
resource "sym_runtime" "name_without_letters" {
  name = "---"
}
