# Calibration: glm with rms splines; under censoring riskRegression::wglm and survfit.
source("scripts/common.R")
suppressMessages({library(rms); library(survival); library(riskRegression)})
d <- table_of("diagnosis")
lp <- qlogis(d$p)
slope <- glm(d$y ~ lp, family = binomial, epsilon = 1e-14)
large <- glm(d$y ~ 1 + offset(lp), family = binomial, epsilon = 1e-14)
wald <- function(fit, i) unname(c(coef(fit)[i], confint.default(fit)[i, ], sqrt(vcov(fit)[i, i])))
knots <- quantile(lp, c(0.05, 0.35, 0.65, 0.95), names = FALSE)
spline <- glm(d$y ~ rcs(lp, knots), family = binomial, epsilon = 1e-14)
grid <- qlogis(c(0.2, 0.4, 0.6, 0.8))
new <- seq(quantile(lp, 0.01), quantile(lp, 0.99), length.out = 101)
curve <- predict(glm(y ~ rcs(lp, knots), data = data.frame(y = d$y, lp = lp), family = binomial, epsilon = 1e-14),
  data.frame(lp = new), se.fit = TRUE)
off <- abs(fitted(spline) - d$p)
v <- val.prob(d$p, d$y, pl = FALSE)

s <- table_of("survival")
s$lp <- qlogis(1 - s$risk12)
s0 <- s
s0$time <- s0$time + (seq_len(nrow(s)) - 1) / 1000  # wglm counts patients who died at a tied time as at risk of censoring at it
fit <- wglm(regressor.event = ~lp, formula.censor = Surv(time, event == 0) ~ 1, times = 12, data = s0, product.limit = TRUE)
invisible(capture.output(table <- summary(fit)[[1]]))
km <- summary(survfit(Surv(time, event) ~ 1, s, conf.type = "log-log"), times = 12)
edges <- quantile(1 - s$risk12, seq(0, 1, 0.2))
s$group <- cut(1 - s$risk12, edges, include.lowest = TRUE, labels = FALSE)
groups <- t(sapply(1:5, function(g) { rows <- s[s$group == g, ]
  k <- summary(survfit(Surv(time, event) ~ 1, rows, conf.type = "log-log"), times = 12)
  c(nrow(rows), mean(1 - rows$risk12), k$surv, k$lower, k$upper) }))
write_numbers(list(
  slope = wald(slope, 2), intercept = wald(slope, 1), in_the_large = wald(large, 1),
  spiegelhalter = unname(v[c("S:z", "S:p")]),
  curve = list(predicted = plogis(new), observed = unname(plogis(curve$fit)), low = unname(plogis(curve$fit - qnorm(0.975) * curve$se.fit)), high = unname(plogis(curve$fit + qnorm(0.975) * curve$se.fit))),
  distance = list(ici = mean(off), e50 = median(off), e90 = quantile(off, 0.9, names = FALSE), e_max = max(off)),
  basis = unclass(rcspline.eval(c(-2, 0, 0.5, 3), knots = c(-1, 0, 1, 2), inclx = TRUE)),
  survival_fit = list(coefficients = unname(table[, 1]), errors = unname(table[, 2])),
  km = c(km$surv, km$lower, km$upper), groups = groups
), "calibration", c("rms", "riskRegression", "survival"))
