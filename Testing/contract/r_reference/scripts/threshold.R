# Cut-offs, decision curves and reclassification: base R, timeROC, dcurves, Hmisc.
source("scripts/common.R")
suppressMessages({library(timeROC); library(dcurves); library(survival)})
d <- table_of("diagnosis")
called <- d$p >= 0.4
share <- function(x, n) c(x / n, prop.test(x, n, correct = FALSE)$conf.int)
binary <- list(
  sensitivity = share(sum(called & d$y == 1), sum(d$y == 1)), specificity = share(sum(!called & d$y == 0), sum(d$y == 0)),
  ppv = share(sum(called & d$y == 1), sum(called)), npv = share(sum(!called & d$y == 0), sum(!called)),
  accuracy = share(sum(called == (d$y == 1)), nrow(d)))

s <- table_of("survival")
s$time <- s$time + (seq_len(nrow(s)) - 1) / 1000  # without ties, which timeROC treats otherwise
cut <- SeSpPPVNPV(0.55, s$time, s$event, s$risk12, cause = 1, times = c(12, 24), iid = TRUE)
sd <- cut$inference
survival_cut <- list(event_sensitivity = cut$TP[["t=12"]], event_specificity = 1 - cut$FP[["t=12"]], event_ppv = cut$PPV[["t=12"]], event_npv = cut$NPV[["t=12"]],
  se = c(sd$vect_se_Se[["t=12"]], sd$vect_se_Sp1[["t=12"]], sd$vect_se_PPV[["t=12"]], sd$vect_se_NPV1[["t=12"]]))

thresholds <- c(0, 0.1, 0.25, 0.4, 0.5, 0.7)
curve <- as.data.frame(dca(y ~ p, d, thresholds = thresholds)$dca)
s <- table_of("survival")
curve12 <- as.data.frame(dca(Surv(time, event) ~ risk12, s, thresholds = thresholds, time = 12)$dca)
pick <- function(c, name) c$net_benefit[c$variable == name]

continuous <- unclass(Hmisc::improveProb(d$q, d$p, d$y))
category <- function(p) findInterval(p, c(0.3, 0.6)) / 2
categorical <- unclass(Hmisc::improveProb(category(d$q), category(d$p), d$y))
keep <- c("nri", "se.nri", "nri.ev", "se.nri.ev", "nri.ne", "se.nri.ne", "idi", "se.idi", "z.idi")
write_numbers(list(binary = binary, survival = survival_cut,
  decision = list(thresholds = thresholds, model = pick(curve, "p"), all = pick(curve, "all")),
  decision_survival = list(model = pick(curve12, "risk12"), all = pick(curve12, "all")),
  continuous = continuous[keep], categorical = categorical[keep],
  table_events = unclass(unname(table(category(d$q)[d$y == 1], category(d$p)[d$y == 1])))
), "threshold", c("timeROC", "dcurves", "Hmisc"))
