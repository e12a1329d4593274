# Competing risks: cmprsk::cuminc (curves, variances, Gray's test) and cause-specific Cox models.
source("scripts/common.R")
suppressMessages({library(cmprsk); library(survival)})
d <- table_of("survival")
times <- c(3, 6, 12, 24)
fit <- cuminc(d$time, d$cause, d$arm)
at <- timepoints(fit, times)
one <- timepoints(cuminc(d$time, d$cause), times)
stage <- cuminc(d$time, d$cause, d$stage)
by_centre <- cuminc(d$time, d$cause, d$stage, strata = d$centre)
untied <- d$time + (seq_len(nrow(d)) - 1) / 1000
free <- cuminc(untied, d$cause, d$stage)
jackknife <- summary(survfit(Surv(time, factor(cause)) ~ 1, d), times = times)
last <- cuminc(c(1, 2, 2, 3, 4, 5), c(1, 1, 2, 0, 2, 1))  # the last patient dies
specific <- lapply(1:2, function(k) { f <- coxph(Surv(time, cause == k) ~ score + arm, d); list(coefficients = unname(coef(f)), se = unname(sqrt(diag(vcov(f))))) })
write_numbers(list(times = times, all = list(est = unname(one$est), var = unname(one$var)), arms = list(names = rownames(at$est), est = unname(at$est), var = unname(at$var)),
  arm_test = unname(fit$Tests), stage_test = unname(stage$Tests), strata_test = unname(by_centre$Tests), untied_test = unname(free$Tests),
  jackknife_se = unname(jackknife$std.err[, 2:3]),
  last_var = last[[1]]$var[c(3, 5, 8)], specific = specific), "competing_risks", c("cmprsk", "survival"))
