# Simulates the small tables that every other script reads. Run once; the tables are kept.
source("scripts/common.R")

set.seed(20250101)
readings <- do.call(rbind, lapply(1:3, function(reader) data.frame(subject = 1:40, reader = reader)))
subject <- matrix(rnorm(40 * 8), 40)
noise <- c(0.05, 0.2, 0.5, 1, 2, 5, 0.3, 0.3)
shift <- c(0, 0.1, 0.5, 0, 1, 0, 0.2, 0)
scale <- c(1, 1, 1, 1, 1, 1, 1e9, 1e-6)
for (f in 1:8) {
  readings[[paste0("f", f)]] <- scale[f] * (100 * (f == 8) + subject[readings$subject, f] + shift[f] * readings$reader + noise[f] * rnorm(120))
}
readings$f6 <- readings$f6 - 3 * subject[readings$subject, 6] * (readings$reader - 2)
readings$f4[c(7, 55)] <- NA
write_table(readings, "readings")

set.seed(20250102)
n <- 140
y <- rbinom(n, 1, 0.4)
a <- 1.2 * y + rnorm(n)
diagnosis <- data.frame(
  y = y, a = a, b = 0.5 * a + 0.4 * y + rnorm(n), grade = pmin(5, pmax(1, round(3 + y + rnorm(n)))),
  p = plogis(-0.9 + 1.4 * a + 0.3 * rnorm(n)), q = plogis(-1 + 0.6 * a + 0.5 * rnorm(n)),
  site = sample(c("north", "south"), n, TRUE), weight = round(runif(n, 0.5, 2), 2))
write_table(diagnosis, "diagnosis")

set.seed(20250103)
n <- 240
age <- round(rnorm(n, 60, 9))
stage <- sample(0:3, n, TRUE, c(0.3, 0.3, 0.25, 0.15))
arm <- rbinom(n, 1, 0.5)
centre <- sample(c("a", "b", "c"), n, TRUE)
latent <- 0.02 * (age - 60) + 0.35 * stage - 0.5 * arm
score <- latent + rnorm(n, 0, 0.8)
rival <- 0.4 * latent + rnorm(n, 0, 0.8)
first <- rexp(n, 0.045 * exp(latent + 0.5 * score))
second <- rexp(n, 0.02 * exp(0.3 * (stage > 1)))
censoring <- pmin(rexp(n, 0.02), runif(n, 10, 48))
time <- pmin(first, second, censoring)
cause <- ifelse(time == censoring, 0, ifelse(time == first, 1, 2))
time <- pmax(0.5, round(time * 2) / 2)
risk <- function(t) 1 - exp(-0.05 * t * exp(0.6 * latent + 0.5 * score))
survival <- data.frame(time = time, event = as.integer(cause > 0), cause = cause, arm = arm, stage = stage, age = age,
  centre = centre, score = score, rival = rival, risk12 = risk(12), risk24 = risk(24),
  rival12 = 1 - exp(-0.6 * exp(rival)))
write_table(survival, "survival")

set.seed(20250104)
truth <- sample(1:4, 90, TRUE, c(0.15, 0.2, 0.4, 0.25))
move <- function(x, p) pmin(4, pmax(1, x + sample(c(-1, 0, 1), length(x), TRUE, c(p, 1 - 2 * p, p))))
response <- data.frame(reader1 = move(truth, 0.15), reader2 = move(truth, 0.2),
  dice1 = round(rbeta(90, 30, 2), 6), dice2 = round(rbeta(90, 28, 2), 6))
write_table(response, "response")

set.seed(20250105)
groups <- data.frame(group = sample(c("train", "internal", "external"), 110, TRUE, c(0.5, 0.2, 0.3)))
groups$two <- ifelse(groups$group == "external", "external", "centre 1")
groups$normal <- rnorm(110, 60 + 3 * (groups$group == "external"), 9)
groups$skewed <- round(rexp(110, 0.02 * (1 + 0.5 * (groups$group == "internal"))), 1)
groups$sex <- sample(c("f", "m"), 110, TRUE, c(0.2, 0.8))
groups$rare <- sample(c("none", "few", "many"), 110, TRUE, c(0.85, 0.1, 0.05))
write_table(groups, "groups")
