# BCa and percentile intervals: boot.
source("scripts/common.R")
library(boot)
d <- table_of("groups")
set.seed(1)
b <- boot(d$skewed, function(x, i) var(x[i]), 200000)
# The acceleration from leaving out one patient after the other, as ours.
ci <- boot.ci(b, type = c("perc", "bca"), L = empinf(data = d$skewed, statistic = function(x, i) var(x[i]), type = "jack", stype = "i"))
write_numbers(list(variance = b$t0, percentile = ci$percent[4:5], bca = ci$bca[4:5]), "bootstrap", "boot")
