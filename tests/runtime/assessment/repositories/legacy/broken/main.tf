resource "sym_flow" "half" {
  name           = "half"
  implementation = file("${path.module}/gone.py"
  environment_id = sym_environment.main.id
