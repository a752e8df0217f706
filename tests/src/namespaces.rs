//! Networks of their own on this computer, with cables between them that can be cut: network namespaces of Linux.
//! Without the rights for them these tests are skipped with a line, unless `ICMC_NETNS=required`.

use crate::say;
use crate::units::Place;
use anyhow::{Context, Result, bail, ensure};
use std::net::Ipv4Addr;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Counts sets of namespaces within one test program.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Some networks. They are removed with this.
#[derive(Debug)]
pub struct Namespaces {
    /// Tells this set from others on this computer; between 0 and 249.
    set: u8,
    names: Vec<String>,
    addresses: Vec<Vec<Ipv4Addr>>,
    cables: u8,
}

/// A cable between two networks, seen from one end.
#[derive(Debug, Clone)]
pub struct Cable {
    namespace: String,
    device: String,
}

impl Namespaces {
    /// Makes them. Each is connected with this computer, for its pages, and with nothing else.
    ///
    /// # Errors
    /// If they are required and cannot be made.
    pub fn make(count: u8) -> Result<Option<Self>> {
        let set = (std::process::id().wrapping_mul(7) + NEXT.fetch_add(1, Ordering::Relaxed)) % 250;
        let mut made = Self { set: u8::try_from(set)?, names: Vec::new(), addresses: Vec::new(), cables: 0 };
        match made.fill(count) {
            Ok(()) => Ok(Some(made)),
            Err(error) if std::env::var_os("ICMC_NETNS").is_some_and(|wish| wish == "required") => {
                Err(error.context("the tests in network namespaces are required: they need root and the command `ip`"))
            }
            Err(_) => {
                say("skipped: no network namespaces can be made here (root and `ip` are needed), so no network was cut");
                Ok(None)
            }
        }
    }

    fn fill(&mut self, count: u8) -> Result<()> {
        for at in 0..count {
            let name = format!("icmc-{}-{at}", self.set);
            ip(&["netns", "add", &name])?;
            self.names.push(name.clone());
            self.addresses.push(Vec::new());
            ip(&["-n", &name, "link", "set", "lo", "up"])?;
            let (outer, inner) = (format!("icmc{}p{at}", self.set), format!("pages{at}"));
            ip(&["link", "add", &outer, "type", "veth", "peer", "name", &inner, "netns", &name])?;
            ip(&["addr", "add", &format!("{}/30", self.pages(at, 1)), "dev", &outer])?;
            ip(&["link", "set", &outer, "up"])?;
            ip(&["-n", &name, "addr", "add", &format!("{}/30", self.pages(at, 2)), "dev", &inner])?;
            ip(&["-n", &name, "link", "set", &inner, "up"])?;
        }
        Ok(())
    }

    /// Lays a cable between two networks. Neither passes on what is not its own.
    ///
    /// # Errors
    /// If it cannot be laid.
    pub fn cable(&mut self, one: usize, other: usize) -> Result<Cable> {
        let at = self.cables;
        self.cables += 1;
        let (here, there) = (self.names[one].clone(), self.names[other].clone());
        let ends = [format!("wire{at}a"), format!("wire{at}b")];
        ip(&["-n", &here, "link", "add", &ends[0], "type", "veth", "peer", "name", &ends[1], "netns", &there])?;
        for (end, (place, namespace)) in [(one, &here), (other, &there)].into_iter().enumerate() {
            let address = Ipv4Addr::new(10, 232, self.set, at * 4 + 1 + u8::try_from(end)?);
            ip(&["-n", namespace, "addr", "add", &format!("{address}/30"), "dev", &ends[end]])?;
            ip(&["-n", namespace, "link", "set", &ends[end], "up"])?;
            self.addresses[place].push(address);
        }
        let [device, _] = ends;
        Ok(Cable { namespace: here, device })
    }

    /// Puts a home router between one network and another: it hides what is inside behind its own address, and lets in only what answers.
    /// The outer network passes on between its cables, as the open internet does. False if this system makes no such router, unless
    /// `ICMC_NAT=required`.
    ///
    /// # Errors
    /// If it cannot be made for another reason, or is required.
    pub fn router(&mut self, inside: usize, at: usize, outside: usize) -> Result<bool> {
        self.cable(inside, at)?;
        let within = self.addresses[at].last().context("a cable")?.to_string();
        let out = self.cable(at, outside)?;
        let without = self.addresses[outside].last().context("a cable")?.to_string();
        ip(&["-n", &self.names[inside], "route", "add", "default", "via", &within])?;
        ip(&["-n", &self.names[at], "route", "add", "default", "via", &without])?;
        for passes in [at, outside] {
            self.inside(passes, &["sysctl", "-q", "-w", "net.ipv4.ip_forward=1"])?;
        }
        let hide = ["iptables", "-t", "nat", "-A", "POSTROUTING", "-o", &out.device, "-j", "MASQUERADE"];
        if let Err(error) = self.inside(at, &hide) {
            if std::env::var_os("ICMC_NAT").is_some_and(|wish| wish == "required") {
                return Err(error.context("the tests behind routers are required: they need the command `iptables`"));
            }
            say("skipped: no router can be made here (`iptables` and NAT in the kernel are needed), so no hole was punched");
            return Ok(false);
        }
        for chain in ["INPUT", "FORWARD"] {
            let new = ["-m", "conntrack", "--ctstate", "NEW,INVALID", "-j", "DROP"];
            self.inside(at, &[&["iptables", "-A", chain, "-i", &out.device], new.as_slice()].concat())?;
        }
        Ok(true)
    }

    fn inside(&self, at: usize, command: &[&str]) -> Result<()> {
        ip(&[&["netns", "exec", self.names[at].as_str()], command].concat())
    }

    /// Where a unit in a network lives; once its cables are laid.
    #[must_use]
    pub fn place(&self, at: usize) -> Place {
        let pages = self.pages(u8::try_from(at).unwrap_or_default(), 2);
        Place { namespace: Some(self.names[at].clone()), addresses: self.addresses[at].clone(), pages, behind: false }
    }

    /// Whether one network has any way to another.
    ///
    /// # Errors
    /// If that cannot be asked.
    pub fn reaches(&self, one: usize, other: usize) -> Result<bool> {
        let address = self.addresses[other].first().context("no cable")?.to_string();
        Ok(Command::new("ip").args(["-n", &self.names[one], "route", "get", &address]).output()?.status.success())
    }

    fn pages(&self, at: u8, end: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 231, self.set, at * 4 + end)
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        for name in &self.names {
            // What is left is a name; nothing depends on it.
            let _ = ip(&["netns", "del", name]);
        }
    }
}

impl Cable {
    /// Cuts it.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn cut(&self) -> Result<()> {
        ip(&["-n", &self.namespace, "link", "set", &self.device, "down"])
    }

    /// Mends it.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn mend(&self) -> Result<()> {
        ip(&["-n", &self.namespace, "link", "set", &self.device, "up"])
    }
}

fn ip(args: &[&str]) -> Result<()> {
    let done = Command::new("ip").args(args).output().context("there is no command `ip`")?;
    if !done.status.success() {
        bail!("ip {}: {}", args.join(" "), String::from_utf8_lossy(&done.stderr).trim());
    }
    ensure!(done.stderr.is_empty(), "ip {}: {}", args.join(" "), String::from_utf8_lossy(&done.stderr).trim());
    Ok(())
}
