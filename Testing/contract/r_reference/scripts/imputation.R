# Rubin's rules on completed tables: mice makes them once; Cox and logistic fits of each are pooled.
source("scripts/common.R")
suppressMessages({library(mice); library(survival)})
if (!file.exists("tables/completed.csv")) {
  set.seed(20250113)
  n <- 150
  score <- rnorm(n)
  grade <- as.integer(0.8 * score + rnorm(n) > 0.6)
  death <- rexp(n, exp(-3 + 0.6 * score + 0.5 * grade))
  end <- runif(n, 6, 48)
  d <- data.frame(score, grade, time = round(pmin(death, end), 2), event = as.integer(death <= end))
  d$alive <- as.integer(d$time > 12)
  holes <- d
  holes$score[runif(n) < 0.15] <- NA
  holes$grade[runif(n) < 0.25] <- NA
  m <- mice(holes, m = 6, maxit = 8, printFlag = FALSE, seed = 7)
  write_table(complete(m, "long")[, c(".imp", names(d))], "completed")
}
d <- table_of("completed")
fits <- function(fit) as.mira(lapply(split(d, d$.imp), fit))
pooled <- function(fit) {
  found <- pool(fits(fit))$pooled
  found[, c("term", "estimate", "ubar", "b", "t", "dfcom", "df", "fmi")]
}
cox <- function(x) coxph(Surv(time, event) ~ score + grade, data = x, control = coxph.control(eps = 1e-12))
logistic <- function(x) glm(alive ~ score, binomial, data = x, control = list(epsilon = 1e-14))
covariances <- lapply(split(d, d$.imp), function(x) vcov(cox(x)))
coefficients <- sapply(split(d, d$.imp), function(x) coef(cox(x)))
total <- Reduce("+", covariances) / 6 + (1 + 1 / 6) * cov(t(coefficients))
write_numbers(list(cox = pooled(cox), logistic = pooled(logistic), total = unname(total)), "imputation", c("mice", "survival"))
