# Times that differ by rounding errors only, as differences of months do: survival's timefix takes them for tied.
source("scripts/common.R")
suppressMessages(library(survival))
d <- table_of("survival")
shift <- (seq_along(d$time) %% 37 + 1) / 10
d$time <- (d$time + shift) - shift
both <- function(of) list(fixed = of(TRUE), raw = of(FALSE))
of_c <- function(...) unname(concordance(Surv(time, event) ~ score, d, reverse = TRUE, ...)$concordance)
rounded <- function(x) unname(aeqSurv(Surv(x, rep(1, length(x))))[, 1])
close <- list(chain = c(2, 1 + 2.4e-8, 1, 1 + 1.2e-8, 3), relative = c(1000, 1000 + 1e-5, 3000), apart = c(1, 1 + 2e-8, 1.5))
write_numbers(list(
  distinct = both(function(fix) length(survfit(Surv(time, event) ~ 1, d, timefix = fix)$time)),
  cox = both(function(fix) { fit <- coxph(Surv(time, event) ~ arm + score, d, timefix = fix)
    list(coefficients = unname(coef(fit)), likelihood = fit$loglik[2]) }),
  zph = { fit <- coxph(Surv(time, event) ~ arm + score, d); unname(cox.zph(fit)$table["GLOBAL", "chisq"]) },
  curve = { fit <- survfit(Surv(time, event) ~ 1, d, conf.type = "log-log")
    list(time = fit$time, survival = fit$surv, low = fit$lower, high = fit$upper) },
  logrank = survdiff(Surv(time, event) ~ stage, d)$chisq,
  harrell = of_c(), uno = of_c(timewt = "n/G2", ymax = 24),
  incidence = { fit <- survfit(Surv(time, factor(cause)) ~ 1, d); unname(fit$pstate[, 2]) },
  close = lapply(close, function(x) list(given = x, rounded = rounded(x)))
), "ties", "survival")
