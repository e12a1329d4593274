# Intraclass correlation: irr::icc (leaves out subjects with a missing reading) and psych::ICC.
source("scripts/common.R")
readings <- table_of("readings")
features <- grep("^f", names(readings), value = TRUE)
matrix_of <- function(f) sapply(1:3, function(r) readings[readings$reader == r, f])
pick <- function(fit) c(value = fit$value, low = fit$lbound, high = fit$ubound, p = fit$p.value, subjects = fit$subjects)
forms <- list("1,1" = c("oneway", "consistency"), "2,1" = c("twoway", "agreement"), "3,1" = c("twoway", "consistency"))
irr <- lapply(forms, function(form) as.data.frame(t(sapply(features, function(f)
  pick(irr::icc(matrix_of(f), model = form[1], type = form[2], unit = "single"))))))
ninety <- irr::icc(matrix_of("f3"), model = "twoway", type = "agreement", conf.level = 0.9)
psych_p <- t(sapply(features, function(f) psych::ICC(matrix_of(f), lmer = FALSE, missing = FALSE)$results[1:3, "p"]))
colnames(psych_p) <- names(forms)
write_numbers(list(irr = irr, ninety = list(low = ninety$lbound, high = ninety$ubound),
  psych_p = as.data.frame(psych_p)), "icc", c("irr", "psych"))
