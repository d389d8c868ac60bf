local Counter = {}
Counter.__index = Counter
function Counter:add(by) self.n = self.n + by end
function Counter:value() return self.n end
c = setmetatable({ n = 0 }, Counter)
for k = 1, 1000000 // tonumber(arg[1]) do i = k; c:add(2); if c:value() < 0 then print("never") end end
print(c:value())
