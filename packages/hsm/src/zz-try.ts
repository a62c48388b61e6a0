import { connectHsm } from "@strongroom/hsm/client";
import { createLog, silentLog } from "@strongroom/core";
await using c = await connectHsm({directory: "/tmp/hsmtry/s/hsm", log: createLog({component:"t",level:"info"})});
console.log(await c.status());
console.log(await c.random(8));
const k = await c.generateKey({scope:"installation",keyId:"x",type:"ec-p256",operations:["sign"],class:"N"});
console.log(k.blob.length);
const d=new Uint8Array(32).fill(1);
console.log(await c.sign(k.blob,"ES256",d));
for (const n of [1,16,64]) { const t=performance.now(); const N=40000; let left=N; await Promise.all(Array.from({length:n},async()=>{while(left-->0) await c.sign(k.blob,"ES256",d)})); console.log(n, Math.round(N/(performance.now()-t)*1000)+"/s"); }
