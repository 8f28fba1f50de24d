"""Reports for people (报告): what each holds, laid out once; the writers beside this package turn it into files."""
