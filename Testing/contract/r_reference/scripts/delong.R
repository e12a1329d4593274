# DeLong's variance and tests: pROC.
source("scripts/common.R")
suppressMessages(library(pROC))
d <- table_of("diagnosis")
roc_of <- function(score, rows = TRUE) roc(d$y[rows], d[[score]][rows], direction = "<", levels = c(0, 1), quiet = TRUE)
single <- lapply(setNames(nm = c("a", "b", "grade")), function(s) {
  ci <- ci.auc(roc_of(s), method = "delong")
  list(auc = ci[2], low = ci[1], high = ci[3], variance = var(roc_of(s), method = "delong"))
})
paired <- lapply(list(a_b = c("a", "b"), b_a = c("b", "a"), a_grade = c("a", "grade")), function(s) {
  test <- roc.test(roc_of(s[1]), roc_of(s[2]), method = "delong", paired = TRUE)
  list(z = unname(test$statistic), p = test$p.value, low = test$conf.int[1], high = test$conf.int[2],
       covariance = cov(roc_of(s[1]), roc_of(s[2]), method = "delong"))
})
north <- d$site == "north"
test <- roc.test(roc_of("a", north), roc_of("a", !north), method = "delong", paired = FALSE)
unpaired <- list(t = unname(test$statistic), df = unname(test$parameter), p = test$p.value)
write_numbers(list(single = single, paired = paired, unpaired = unpaired), "delong", "pROC")
