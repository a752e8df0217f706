//! A data folder, a key file, and the executable on them.
//! Ports are chosen by the system; nothing sleeps.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use tempfile::TempDir;

const ANY: &str = "/ip4/127.0.0.1/tcp/0";

/// One unit's place.
pub(crate) struct Bench {
    dir: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said(Output);

impl Said {
    /// It worked; gives what it printed.
    pub(crate) fn ok(&self) -> String {
        assert!(self.0.status.success(), "{self:?}");
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    /// It failed with code 1 and one line that holds this.
    pub(crate) fn refused(&self, sentence: &str) {
        let line = String::from_utf8(self.0.stderr.clone()).unwrap();
        assert_eq!(self.0.status.code(), Some(1), "{self:?}");
        assert!(line.starts_with("icmc: ") && line.trim_end().lines().count() == 1, "{line}");
        assert!(line.contains(sentence), "expected {sentence:?} in {line:?}");
    }
}

pub(crate) fn icmc(args: &[&str]) -> Said {
    Said(command(args).output().unwrap())
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_icmc"));
    command.args(args).stdin(Stdio::null()).env_remove("CREDENTIALS_DIRECTORY").env_remove("ICMC_LOG");
    command
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.dir.path().join("key")
    }

    /// A file in the folder around the data folder.
    pub(crate) fn file(&self, name: &str, content: &str) -> String {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// `icmc init` with a key file, the given options, and ports that the system chooses.
    pub(crate) fn init(&self, options: &[&str]) -> Said {
        let mut args = vec!["init", "--http", "127.0.0.1:0"];
        if !options.contains(&"--address") {
            args.extend(["--address", ANY]);
        }
        args.extend(options);
        self.with_key(&args)
    }

    pub(crate) fn with_key(&self, args: &[&str]) -> Said {
        let key = self.key_file();
        self.without_key(&[args, &["--key-file", key.to_str().unwrap()]].concat())
    }

    pub(crate) fn without_key(&self, args: &[&str]) -> Said {
        let data = self.data();
        icmc(&[args, &["--data", data.to_str().unwrap()]].concat())
    }

    /// `icmc run`, when it has said that it answers.
    pub(crate) fn run(&self) -> Running {
        let (data, key) = (self.data(), self.key_file());
        let args = ["run", "--data", data.to_str().unwrap(), "--key-file", key.to_str().unwrap()];
        let mut child = command(&args).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix("ICMC is running at http://").and_then(|rest| rest.split('/').next());
        let address = address.and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            panic!("it said {line:?}");
        };
        Running { child, address }
    }
}

/// A node at work; killed if the test forgets it.
pub(crate) struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    /// The answer to one request, status line first.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// SIGTERM, as a service manager sends it.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    /// SIGKILL: no chance to tidy up.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
