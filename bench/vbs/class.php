<?php
class Counter {
  private $n = 0;
  public function add($by) { $this->n = $this->n + $by; }
  public function value() { return $this->n; }
}
$c = new Counter;
for ($i = 1, $last = intdiv(1000000, (int)$argv[1]); $i <= $last; $i++) {
  $c->add(2);
  if ($c->value() < 0) echo "never\n";
}
echo $c->value(), "\n";
