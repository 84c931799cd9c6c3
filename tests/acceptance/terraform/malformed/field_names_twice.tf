# expect: error params[0].prompt_field[1].name Two prompt fields of one name
resource "sym_flow" "field_names_twice" {
  name           = "field_names_twice"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    prompt_field {
      name = "a"
      type = "string"
    }
    prompt_field {
      name = "a"
      type = "int"
    }
  }
}
