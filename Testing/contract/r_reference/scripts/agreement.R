# Kappa with its large-sample standard error: vcd; proportions and means: base R.
source("scripts/common.R")
d <- table_of("response")
tab <- table(factor(d$reader1, 1:4), factor(d$reader2, 1:4))
plain <- vcd::Kappa(tab)
linear <- vcd::Kappa(tab, weights = "Equal-Spacing")
quadratic <- vcd::Kappa(tab, weights = "Fleiss-Cohen")
ci <- prop.test(sum(d$dice1 >= 0.9), nrow(d), correct = FALSE)$conf.int
mean_dice <- t.test(d$dice1)
difference <- t.test(d$dice1, d$dice2, paired = TRUE)
write_numbers(list(
  kappa = list(none = plain$Unweighted, linear = linear$Weighted, quadratic = quadratic$Weighted),
  psych = psych::cohen.kappa(tab)$confid[1, ],
  wilson = list(share = mean(d$dice1 >= 0.9), low = ci[1], high = ci[2]),
  dice = list(mean = mean(d$dice1), low = mean_dice$conf.int[1], high = mean_dice$conf.int[2], quartiles = quantile(d$dice1, c(0.25, 0.5, 0.75), names = FALSE)),
  bias = list(value = mean(d$dice1 - d$dice2), low = difference$conf.int[1], high = difference$conf.int[2])
), "agreement", c("vcd", "psych"))
