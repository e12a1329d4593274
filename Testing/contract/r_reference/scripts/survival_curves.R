# Kaplan-Meier, log-rank and restricted means: survival and survRM2.
source("scripts/common.R")
suppressMessages({library(survival); library(survRM2)})
d <- table_of("survival")
fit <- survfit(Surv(time, event) ~ 1, d, conf.type = "log-log")
ninety <- summary(survfit(Surv(time, event) ~ 1, d, conf.type = "log-log", conf.int = 0.9), times = 12)
arms <- survfit(Surv(time, event) ~ arm, d, conf.type = "log-log")
quartiles <- quantile(arms, c(0.25, 0.5, 0.75))
at <- summary(arms, times = c(0, 6, 12, 24, 30))
test_of <- function(...) { fit <- survdiff(..., data = d); list(chisq = fit$chisq, df = length(fit$n) - 1,
  observed = if (is.matrix(fit$obs)) rowSums(fit$obs) else fit$obs, expected = if (is.matrix(fit$exp)) rowSums(fit$exp) else fit$exp) }
trend <- coxph(Surv(time, event) ~ stage, d, ties = "exact")
means <- rmst2(d$time, d$event, d$arm, tau = 24)
ties <- data.frame(time = c(1, 2, 3, 4), event = 1)
write_numbers(list(
  curve = list(time = fit$time, survival = fit$surv, low = fit$lower, high = fit$upper, se = fit$std.err * fit$surv, at_risk = fit$n.risk),
  ninety = list(low = ninety$lower, high = ninety$upper),
  arms = list(arm = as.integer(at$strata) - 1, time = at$time, at_risk = at$n.risk, survival = at$surv, low = at$lower, high = at$upper),
  quantiles = list(value = quartiles$quantile, low = quartiles$lower, high = quartiles$upper),
  even = unname(quantile(survfit(Surv(time, event) ~ 1, ties), 0.5, conf.int = FALSE)),
  stage = test_of(Surv(time, event) ~ stage), arm = test_of(Surv(time, event) ~ arm),
  stage_by_centre = test_of(Surv(time, event) ~ stage + strata(centre)),
  stage_peto = test_of(Surv(time, event) ~ stage, rho = 1),
  trend = unname(trend$score),
  rmst = list(treated = means$RMST.arm1$rmst, control = means$RMST.arm0$rmst, difference = means$unadjusted.result[1, ]),
  survfit_rmst = summary(arms, rmean = 24)$table[, c("rmean", "se(rmean)")]
), "survival_curves", c("survival", "survRM2"))
