# L1 logistic path and its cross-validation: glmnet. Simulates its own table, once.
source("scripts/common.R")
if (!file.exists("tables/lasso.csv")) {
  set.seed(20250111)
  n <- 90; p <- 30
  shared <- rnorm(n)
  x <- sapply(1:p, function(j) (rnorm(n) + 0.6 * shared) * 10^(j %% 4 - 1) + j)
  y <- rbinom(n, 1, plogis(scale(x[, 1]) - scale(x[, 2]) + 0.7 * scale(x[, 9])))
  colnames(x) <- paste0("x", 1:p)
  write_table(data.frame(y = y, fold = rep(1:9, 10), x), "lasso")
}
d <- table_of("lasso")
x <- as.matrix(d[, -(1:2)])
glmnet::glmnet.control(fdev = 0, devmax = 1)
whole <- glmnet::glmnet(x, d$y, family = "binomial", nlambda = 40, lambda.min.ratio = 0.02, thresh = 1e-14, maxit = 1e7)
# Sorted penalties go in again, so that every fold has exactly these.
cv <- glmnet::cv.glmnet(x, d$y, family = "binomial", lambda = whole$lambda, foldid = d$fold, thresh = 1e-14, maxit = 1e7)
write_numbers(list(lambda = cv$lambda, cvm = cv$cvm, cvsd = cv$cvsd, lambda_min = cv$lambda.min, lambda_1se = cv$lambda.1se,
  coefficients = as.matrix(whole$beta)), "lasso", "glmnet")
