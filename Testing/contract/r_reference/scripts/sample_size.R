# Riley's criteria: pmsampsize. Rubin's rules: mice.
source("scripts/common.R")
suppressMessages({library(pmsampsize); library(mice)})
set.seed(1)
pick <- function(x) list(table = unname(x$results_table[, 1]), events = x$events, per_parameter = unname(x$EPP), most = unname(x$results_table[1, 5]))
pooled <- function(q, u, n, k) { p <- pool.scalar(q, u, n = n, k = k); list(q = q, u = u, value = p$qbar, total = p$t, within = p$ubar, between = p$b, df = p$df, lost = p$fmi) }
q <- c(0.42, 0.5, 0.38, 0.61, 0.47)
u <- c(0.04, 0.05, 0.045, 0.05, 0.042)
invisible(capture.output(numbers <- list(
  binary = pick(pmsampsize(type = "b", csrsquared = 0.288, parameters = 24, prevalence = 0.174)),
  half = pick(pmsampsize(type = "b", csrsquared = 0.1, parameters = 27, prevalence = 0.5)),
  from_c = pick(pmsampsize(type = "b", cstatistic = 0.89, parameters = 24, prevalence = 0.174)),
  c_r2 = unname(pmsampsize(type = "b", cstatistic = 0.89, parameters = 24, prevalence = 0.174)$rsquared),
  survival = pick(pmsampsize(type = "s", csrsquared = 0.051, parameters = 30, rate = 0.065, timepoint = 2, meanfup = 2.07)),
  often = pick(pmsampsize(type = "s", csrsquared = 0.2, parameters = 5, rate = 0.6, timepoint = 1, meanfup = 1.5)),
  pool = pooled(q, u, 120, 3), pool_large = pooled(q, u, Inf, 1))))
write_numbers(numbers, "sample_size", c("pmsampsize", "mice"))
