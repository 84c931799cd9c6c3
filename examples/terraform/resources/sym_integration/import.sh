terraform import sym_integration.okta okta:main
