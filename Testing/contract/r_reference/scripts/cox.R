# Cox models, their tests and the test of proportional hazards: survival.
source("scripts/common.R")
library(survival)
d <- table_of("survival")
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14)
describe <- function(fit) { s <- summary(fit)
  list(coefficients = unname(coef(fit)), se = unname(sqrt(diag(vcov(fit)))), ratio = unname(s$conf.int[, c(1, 3, 4)]),
       p = unname(s$coefficients[, 5]), loglik = fit$loglik, likelihood_ratio = unname(s$logtest), score = unname(s$sctest),
       wald = sum(coef(fit) * solve(vcov(fit), coef(fit)))) }
plain <- coxph(Surv(time, event) ~ age + arm + score, d, control = tight)
stratified <- coxph(Surv(time, event) ~ age + arm + score + strata(centre), d, control = tight)
curve <- summary(survfit(stratified, newdata = data.frame(age = 55, arm = 1, score = 0.5, centre = "b")), times = c(3, 9, 18))
patients <- data.frame(age = c(50, 70), arm = c(0, 1), score = c(-1, 1))
common <- coxph(Surv(time, event) ~ score + factor(stage), d, control = tight)
own <- coxph(Surv(time, event) ~ score:factor(stage) + factor(stage), d, control = tight)
test <- anova(common, own)
zph <- function(fit, transform) { z <- cox.zph(fit, transform = transform); list(table = unname(z$table), y = unname(z$y), x = unname(z$x), time = unname(z$time)) }
write_numbers(list(
  plain = describe(plain), stratified = describe(stratified),
  strata_survival = curve$surv,
  survival = summary(survfit(plain, newdata = patients), times = c(3, 9, 18))$surv,
  interaction = list(chisq = test$Chisq[2], df = test$Df[2], p = test[["Pr(>|Chi|)"]][2], coefficients = unname(coef(own)[4:7]),
    se = unname(sqrt(diag(vcov(own))[4:7]))),
  zph = list(km = zph(plain, "km"), rank = zph(plain, "rank")[["table"]], identity = zph(plain, "identity")[["table"]], log = zph(plain, log)[["table"]]),
  zph_strata = zph(stratified, "km")[["table"]]
), "cox", "survival")
