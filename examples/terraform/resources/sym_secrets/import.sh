terraform import sym_secrets.worker env:worker
terraform import sym_secrets.aws aws_secrets_manager:main
