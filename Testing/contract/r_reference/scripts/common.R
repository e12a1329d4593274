# Shared by the scripts: tables are read from CSV, so R and Python see the same digits.
library(jsonlite)
table_of <- function(name) read.csv(file.path("tables", paste0(name, ".csv")), stringsAsFactors = FALSE)
write_table <- function(value, name) {
  write.csv(format(value, digits = 15, trim = TRUE), file.path("tables", paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
}
write_numbers <- function(value, name, packages) {
  value$versions <- c(list(R = as.character(getRversion())), lapply(setNames(packages, packages), function(p) as.character(packageVersion(p))))
  writeLines(toJSON(value, digits = NA, auto_unbox = TRUE, dataframe = "columns", na = "null", pretty = TRUE), file.path("numbers", paste0(name, ".json")))
}
