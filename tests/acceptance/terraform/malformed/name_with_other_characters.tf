# expect: warning name has characters that names do not have
resource "sym_runtime" "name_with_other_characters" {
  name = "my runtime"
}
