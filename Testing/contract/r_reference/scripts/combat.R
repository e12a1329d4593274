# ComBat, parametric, without covariates: sva. Simulates its own table, once.
source("scripts/common.R")
if (!file.exists("tables/centres.csv")) {
  set.seed(20250112)
  centre <- rep(c("east", "north", "west"), c(25, 14, 8))
  n <- length(centre)
  x <- sapply(1:12, function(j) {
    shift <- c(0, 1.2, -0.7)[match(centre, c("east", "north", "west"))] * (0.5 + (j %% 3))
    scale <- c(1, 1.6, 0.6)[match(centre, c("east", "north", "west"))]
    (shift + scale * rnorm(n)) * 10^(j %% 4) + 3 * j
  })
  colnames(x) <- paste0("f", 1:12)
  write_table(data.frame(centre = centre, x), "centres")
}
d <- table_of("centres")
adjusted <- suppressMessages(sva::ComBat(t(as.matrix(d[, -1])), batch = d$centre, mod = NULL, par.prior = TRUE))
to_east <- suppressMessages(sva::ComBat(t(as.matrix(d[, -1])), batch = d$centre, mod = NULL, par.prior = TRUE, ref.batch = "east"))
write_numbers(list(adjusted = t(adjusted), to_east = t(to_east)), "combat", "sva")
