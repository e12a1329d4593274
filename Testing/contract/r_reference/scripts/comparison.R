# Tests of Table 1: base R.
source("scripts/common.R")
d <- table_of("groups")
a <- d[d$two == "centre 1", ]; b <- d[d$two == "external", ]
t <- function(...) { r <- t.test(...); list(t = unname(r$statistic), df = unname(r$parameter), p = r$p.value, ci = r$conf.int[1:2]) }
exact <- wilcox.test(a$normal[1:12], b$normal[1:15])
fisher <- function(m, ...) fisher.test(m, ...)$p.value
p <- c(0.01, 0.04, 0.03, NA, 0.2, 0.005, 0.6)
tables <- list(rare = unclass(unname(table(d$rare, d$group))), three = matrix(c(5, 49, 157, 41, 1, 13, 39, 10, 1, 18, 45, 16), 4),
  square = matrix(c(100, 80, 72, 30, 20, 13, 40, 20, 20), 3), two = matrix(c(3, 9, 8, 2), 2), long = matrix(c(3, 1, 0, 4, 2, 2, 5, 0, 1, 1, 3, 6), 6))
write_numbers(list(
  welch = t(a$normal, b$normal), student = t(a$normal, b$normal, var.equal = TRUE),
  wilcoxon = { w <- wilcox.test(a$skewed, b$skewed); list(w = unname(w$statistic), p = w$p.value) },
  wilcoxon_exact = list(w = unname(exact$statistic), p = exact$p.value),
  kruskal = { k <- kruskal.test(skewed ~ group, d); list(chisq = unname(k$statistic), p = k$p.value) },
  welch_anova = { o <- oneway.test(normal ~ group, d); list(f = unname(o$statistic), p = o$p.value) },
  anova = { o <- oneway.test(normal ~ group, d, var.equal = TRUE); list(f = unname(o$statistic), p = o$p.value) },
  sex = unclass(unname(table(d$sex, d$two))),
  chisq = { x <- chisq.test(table(d$sex, d$two), correct = FALSE); list(chisq = unname(x$statistic), p = x$p.value) },
  yates = { x <- chisq.test(table(d$sex, d$two)); list(chisq = unname(x$statistic), p = x$p.value) },
  tables = tables, fisher = lapply(tables, fisher, workspace = 2e8),
  p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"), bonferroni = p.adjust(p, "bonferroni")
), "comparison", character())
