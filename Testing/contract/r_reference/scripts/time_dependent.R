# Time-dependent AUC and Brier score: riskRegression::Score; without tied times also timeROC. Concordance: survival.
source("scripts/common.R")
suppressMessages({library(survival); library(riskRegression); library(timeROC); library(prodlim)})
d <- table_of("survival")
score_of <- function(models, data, times, metrics, ...) Score(models, formula = Surv(time, event) ~ 1, data = data, times = times,
  metrics = metrics, cens.model = "km", cens.method = "ipcw", conservative = FALSE, contrasts = list(c(1, 2)), ...)
columns <- function(table, names) as.list(as.data.frame(table)[, names])

auc <- score_of(list(score = d$score, rival = d$rival), d, c(6, 12, 24), "auc", null.model = FALSE)
brier <- score_of(list(m = as.matrix(d$risk12), r = as.matrix(d$rival12)), d, 12, "brier", null.model = TRUE)
grid <- seq(2, 24, 2)
risks <- sapply(grid, function(t) 1 - (1 - d$risk12)^(t / 12))
curve <- score_of(list(m = risks, r = risks), d, grid, "brier", null.model = TRUE)
one <- as.data.frame(curve$Brier$score)

# Times without ties, for timeROC, which takes tied censorings otherwise.
untied <- d
untied$time <- untied$time + (seq_len(nrow(d)) - 1) / 1000
times <- c(6, 12, 24)
a <- timeROC(untied$time, untied$event, untied$score, cause = 1, times = times, iid = TRUE)
b <- timeROC(untied$time, untied$event, untied$rival, cause = 1, times = times, iid = TRUE)
two <- timeROC(untied$time, untied$event, untied$score, cause = 1, times = times)

competing <- Score(list(score = d$score, rival = d$rival), formula = Hist(time, cause) ~ 1, data = d, cause = 1, times = c(12, 24), metrics = "auc",
  cens.model = "km", cens.method = "ipcw", conservative = FALSE, null.model = FALSE, contrasts = list(c(1, 2)))
competing_brier <- Score(list(m = as.matrix(d$risk12 * 0.7)), formula = Hist(time, cause) ~ 1, data = d, cause = 1, times = 12, metrics = "brier",
  cens.model = "km", cens.method = "ipcw", conservative = FALSE)
competing_untied <- timeROC(untied$time, untied$cause, untied$score, cause = 1, times = c(12, 24))

of_c <- function(...) { fit <- concordance(..., data = d, reverse = TRUE); list(c = unname(fit$concordance), se = sqrt(fit$var)) }
rounded <- d$rounded <- round(d$score, 1)
both <- concordance(Surv(time, event) ~ score, data = d, reverse = TRUE)
models <- concordance(coxph(Surv(time, event) ~ score, d), coxph(Surv(time, event) ~ rival, d))
write_numbers(list(
  auc = columns(auc$AUC$score, c("model", "times", "AUC", "se", "lower", "upper")),
  auc_difference = columns(auc$AUC$contrasts, c("times", "delta.AUC", "se", "lower", "upper", "p")),
  timeroc = list(auc = unname(a$AUC), se = unname(a$inference$vect_sd_1), p = unname(compare(a, b)$p_values_AUC),
    fp = unname(two$FP[, 2]), tp = unname(two$TP[, 2])),
  brier = columns(brier$Brier$score, c("model", "Brier", "se", "lower", "upper")),
  brier_difference = columns(brier$Brier$contrasts, c("delta.Brier", "se", "p")),
  brier_curve = list(times = grid, model = one$Brier[one$model == "m"], null = one$Brier[one$model == "Null model"]),
  competing = c(columns(competing$AUC$score, c("model", "times", "AUC", "se")), list(p = competing$AUC$contrasts$p, timeroc = unname(competing_untied$AUC_2))),
  competing_brier = columns(competing_brier$Brier$score, c("model", "Brier", "se")),
  harrell = of_c(Surv(time, event) ~ rounded), uno = of_c(Surv(time, event) ~ rounded, timewt = "n/G2"),
  uno20 = of_c(Surv(time, event) ~ rounded, timewt = "n/G2", ymax = 20),
  two_models = list(c = unname(models$concordance), var = models$var)
), "time_dependent", c("riskRegression", "timeROC", "survival"))
