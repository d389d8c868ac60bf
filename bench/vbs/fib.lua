local parts = tonumber(arg[1])
local function fib(n) if n < 2 then return n else return fib(n - 1) + fib(n - 2) end end
local sum = 0
for k = 1, 50 // parts do sum = sum + fib(22) end
print(sum)
